#!/usr/bin/env python3
"""Runs a service for a long time under load, and ten times beyond what it can do for a while; writes what was measured.

    tests/soak.py PROGRAM [--seconds 1800] [--rate 20] [--model models/default] [--out FILE] [--only soak|overload]

`--out` keeps the other half of the file that is there. Exit code 1: memory grew, an answer was none of 200, 429 and 503, the
service panicked, or health was slow.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

TEXTS = [
    "Fa tres mesos que no paga el lloguer i ha rebut una carta del jutjat. No té feina des de l'estiu.",
    "La señora vive con dos hijos menores. Pide ayuda para el comedor y dice que no tiene para la luz.",
    "He lives alone, does not sleep well since the divorce and asks for help with the rent and the papers.",
]
# Memory that a service may gain between the second and the last quarter of its run, as a share.
FLAT = 0.05
# Health's 99th percentile beyond its load, seconds.
HEALTH = 0.05
# How many times more is asked than can be done.
BEYOND = 10


def free_port():
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Service:
    def __init__(self, program, model, arguments=()):
        self.dir = tempfile.TemporaryDirectory()
        self.port, self.health_port = free_port(), free_port()
        self.log = open(os.path.join(self.dir.name, "log"), "wb+")
        self.process = subprocess.Popen(
            [program, "--bind", f"127.0.0.1:{self.port}", "--health-bind", f"127.0.0.1:{self.health_port}",
             "--model", model, "--data", os.path.join(self.dir.name, "data"), "--log", "warn", *arguments],
            stdout=subprocess.DEVNULL, stderr=self.log)
        for _ in range(600):
            try:
                if self.get("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit("the service did not become ready")

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.health_port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def metric(self, name):
        found = re.search(rf"^{name} (\S+)$", self.get("/metrics")[1].decode(), re.M)
        return float(found.group(1)) if found else 0.0

    def end(self):
        self.process.terminate()
        code = self.process.wait(60)
        self.log.seek(0)
        return code, b"panic" in self.log.read()


def client(service, body, count, stop, pause, lock):
    """Asks every `pause` seconds, later only while an answer is still to come."""
    connection, due = None, time.monotonic()
    while not stop.is_set():
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", service.port, timeout=900)
            connection.request("POST", "/v1/assessments", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            status = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            connection, status = None, type(error).__name__
        with lock:
            count[status] = count.get(status, 0) + 1
        due = max(due + pause, time.monotonic() - pause)
        stop.wait(max(0.0, due - time.monotonic()))


def load(service, clients, seconds, pause, watch):
    count, stop, lock = {}, threading.Event(), threading.Lock()
    bodies = [json.dumps({"text": " ".join(TEXTS[i % 3:] + TEXTS) }) for i in range(clients)]
    threads = [threading.Thread(target=client, args=(service, body, count, stop, pause, lock)) for body in bodies]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        watch()
    stop.set()
    for thread in threads:
        thread.join()
    return count


def soak(program, model, seconds, rate):
    # The longest deadline: how fast the machine is, is not looked at here.
    service = Service(program, model, ["--deadline", "3600"])
    samples, begun, last = [], time.monotonic(), [0.0]
    every = max(1.0, seconds / 120)

    def watch():
        time.sleep(min(every, 1.0))
        if time.monotonic() - last[0] >= every:
            last[0] = time.monotonic()
            samples.append((round(last[0] - begun, 1), service.metric("relat_process_resident_bytes") / 2**20))

    answers = load(service, 4, seconds, 4 / rate, watch)
    code, panicked = service.end()
    quarter = max(1, len(samples) // 4)
    early = statistics.median(mib for _, mib in samples[quarter:2 * quarter])
    late = statistics.median(mib for _, mib in samples[-quarter:])
    return {
        "seconds": seconds, "answers": answers, "exit_code": code, "panicked": panicked,
        "resident_mib_second_quarter": round(early, 1), "resident_mib_last_quarter": round(late, 1),
        "growth": round(late / early - 1, 4), "resident_mib_by_second": [[at, round(mib, 1)] for at, mib in samples],
        "passed": not panicked and code == 0 and set(answers) <= {"200", "429"} and late / early - 1 < FLAT,
    }


def probe(port, stop, times):
    """Asks for health, in a process of its own: the clients' work does not keep it waiting."""
    taken = []
    while not stop.is_set():
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        taken.append(time.monotonic() - started if answer.status == 200 else 60.0)
        time.sleep(0.01)
    times.put(taken)


def overload(program, model, seconds):
    service = Service(program, model, ["--queue", "4", "--threads", "1"])
    # What it can do: two clients, so that one text always waits for the other.
    begun = time.monotonic()
    able = load(service, 2, 10, 0.0, lambda: time.sleep(0.1)).get("200", 0) / (time.monotonic() - begun)
    stop, times = multiprocessing.Event(), multiprocessing.Queue()
    prober = multiprocessing.Process(target=probe, args=(service.health_port, stop, times))
    prober.start()
    begun = time.monotonic()
    answers = load(service, 50, seconds, 50 / (BEYOND * able), lambda: time.sleep(0.1))
    asked = sum(answers.values()) / (time.monotonic() - begun)
    stop.set()
    times = times.get()
    prober.join()
    code, panicked = service.end()
    p99 = statistics.quantiles(times, n=100)[98]
    return {
        "seconds": seconds, "clients": 50, "threads": 1, "queue": 4, "texts_per_second_alone": round(able, 1),
        "requests_per_second": round(asked, 1), "answers": answers, "exit_code": code,
        "panicked": panicked, "health_n": len(times), "health_p50_ms": round(statistics.median(times) * 1e3, 1),
        "health_p99_ms": round(p99 * 1e3, 1),
        "passed": not panicked and code == 0 and set(answers) <= {"200", "429", "503"} and p99 < HEALTH,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=1800)
    parser.add_argument("--overload-seconds", type=int, default=30)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--model", default="models/default")
    parser.add_argument("--out")
    parser.add_argument("--only", choices=["soak", "overload"])
    parser.add_argument("--note", default="")
    options = parser.parse_args()
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown")
    machine = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()), "cpu": cpu, "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1), "model": options.model, "note": options.note,
    }
    runs = {
        "soak": lambda: soak(options.program, options.model, options.seconds, options.rate),
        "overload": lambda: overload(options.program, options.model, options.overload_seconds),
    }
    chosen = [name for name in runs if options.only in (None, name)]
    measured = {name: machine | runs[name]() for name in chosen}
    passed = all(run["passed"] for run in measured.values())
    if options.out and os.path.exists(options.out):
        before = json.load(open(options.out))
        measured = {name: before[name] for name in runs if name in before} | measured
    text = json.dumps(measured, indent=1) + "\n"
    text = re.sub(r"\[\s+([\d.]+),\s+([\d.]+)\s+\]", r"[\1, \2]", text)
    if options.out:
        open(options.out, "w").write(text)
    print(text)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
