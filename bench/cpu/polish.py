#!/usr/bin/env python3
"""Levenberg-Marquardt from scratch, or after n epochs of Adam? Huang et al., Method III, Case A, the mass output alone.

    polish.py JAR OUT [seeds [adam-epochs ...]]      default: 4 seeds, Adam for 0, 1000, 10000 and 100000 epochs

Makes an experiment file for each n from huang/method-3-case-a-lm: network, nuclei, loss and weight decay are its own in both
stages, so that both minimise the same function; Adam has the mini-batches of huang/method-3-case-a and its cosine rate, over
n epochs. Trains `seeds` networks of each by the paper's protocol (nothing stops on a test set) with the program JAR, run
directories and files in OUT; what is there already is not trained again. Prints a Markdown table: mean and standard deviation
over the networks, MeV, after so many steps, from one run's trace. Times are the processor's of the whole command, each
network's share, start of the program included, and the wall time inside the engine; the former only where a run was trained
in this call.
"""
import csv
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path

NAME = "huang/method-3-case-a-lm"
STEPS = 150
MARKS = (0, 30, 100, 150)
SAMPLES = 10


def edited(text, *pairs):
    for piece, replacement in pairs:
        if piece not in text:
            raise SystemExit(f"{NAME} has no line: {piece}")
        text = text.replace(piece, replacement)
    return text


def experiment(text, adam):
    """The file for so many epochs of Adam."""
    steps = f"epochs = {STEPS}\nsample-every = {SAMPLES}\n"
    if adam == 0:
        return edited(text, ("epochs = 150\nsample-every = 10\n", steps))
    return edited(
        text,
        (
            'optimizer = "levenberg-marquardt"\n',
            f'optimizer = "adam"\nlearning-rate = {{ rule = "cosine", rate = 1e-3, epochs = {adam} }}\nbatch-size = 172\n',
        ),
        ("epochs = 150\nsample-every = 10\n", f"epochs = {adam}\nsample-every = {max(1, adam // 20)}\n"),
        ("[leak-free]\n", f"[training.polish]\n{steps}\n[leak-free]\n"),
    )


def spread(values):
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values) if len(values) > 1 else 0:.3f}"


def at(trace, step):
    """Samples of all networks after a step; a network that has converged before stays where it was."""
    samples = {}
    for line in trace:
        if int(line["epoch"]) <= step:
            samples[line["replica"]] = line
    return samples.values()


def main(jar, out, seeds="4", *epochs):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    text = subprocess.run(
        ["java", "-jar", jar, "show", NAME], check=True, capture_output=True, text=True
    ).stdout
    print("| Adam, epochs | steps | train | test | evaluations | wall time a network | processor time a network |")
    print("|---|---|---|---|---|---|---|")
    for adam in [int(e) for e in epochs] or [0, 1000, 10000, 100000]:
        file = out / f"adam-{adam}.toml"
        file.write_text(experiment(text, adam))
        run = out / f"adam-{adam}"
        trained = not (run / "run.json").exists()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            ["java", "-jar", jar, "train", str(file), "--protocol=paper", f"--seeds={seeds}"]
            + [f"--out={run}", "--engine=cpp", "--no-report"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / int(seeds)
        record = json.loads((run / "run.json").read_text())
        protocol = record["protocols"][0]
        evaluations = [r["evaluations"] for r in protocol["replicas"] if "evaluations" in r]
        trace = list(csv.DictReader((run / "metrics.csv").open()))
        for steps in MARKS:
            if adam + steps == 0:
                continue
            samples = at(trace, adam + steps)
            wall = protocol["timing"]["trainingSeconds"] / int(seeds)
            cells = [f"{adam:,}", str(steps)]
            cells += [spread([float(s[f"rmsd{part}MeV"]) for s in samples]) for part in ("Train", "Test")]
            last = steps == STEPS
            cells.append(f"{statistics.mean(evaluations):,.0f}" if last and evaluations else "")
            cells.append(f"{wall:.1f} s" if last else "")
            cells.append(f"{seconds:.1f} s" if last and trained else "")
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
