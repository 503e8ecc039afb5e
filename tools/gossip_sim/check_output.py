#!/usr/bin/env python3
"""Checks what gossip_sim prints and draws: check_output.py PROGRAM FOLDER"""
import csv
import io
import json
import pathlib
import shlex
import shutil
import subprocess
import sys

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
SMALL = ["--scenario", "kill", "--nodes", "5", "--without-state"]
SIZES = ["--scenario", "kill", "--nodes", "5,10", "--without-state"]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


def wrong_options_are_refused():
    for arguments, told in [
        ([], "--scenario"),
        (["--scenario", "none"], "none"),
        (["--scenario", "kill", "--nodes", "0"], "--nodes"),
        (["--scenario", "kill", "--nodes", "5,,6"], "--nodes"),
        (["--scenario", "kill", "--nodes", "5,5"], "twice"),
        (["--scenario", "kill", "--nodes", ",".join(str(n) for n in range(2, 19))], "too many"),
        (["--scenario", "kill", "--loss", "2"], "--loss"),
        (["--scenario", "kill", "--expect", "violations"], "NAME<=NUMBER"),
        (["--scenario", "kill", "--expect", "violations<=none"], "NAME<=NUMBER"),
        (["--scenario", "kill", "--set", "none=1"], "none"),
    ]:
        result = run(*arguments)
        assert result.returncode == 2, (arguments, result)
        assert told in result.stderr, (arguments, result.stderr)


def json_has_the_numbers_of_each_seed():
    one = json.loads(run(*SMALL, "--seeds", "2", "--json").stdout)
    assert [each["seed"] for each in one["runs"]] == [1, 2], one
    assert one["runs"][0]["numbers"]["seen dead after max"] > 0, one
    several = json.loads(run(*SIZES, "--json").stdout)
    assert [each["nodes"] for each in several["sizes"]] == [5, 10], several


def csv_has_one_line_per_number():
    rows = list(csv.DictReader(io.StringIO(run(*SMALL, "--seeds", "2", "--csv").stdout)))
    assert {row["seed"] for row in rows} == {"1", "2"}, rows
    assert any(row["name"] == "bytes per node" and float(row["value"]) > 0 for row in rows), rows
    rows = list(csv.DictReader(io.StringIO(run(*SIZES, "--csv").stdout)))
    assert {row["nodes"] for row in rows} == {"5", "10"}, rows


def equal_seeds_give_equal_runs():
    def numbers(seed):
        runs = json.loads(run(*SMALL, "--seed", seed, "--json").stdout)["runs"]
        return [runs[0]["numbers"][name] for name in ("seen dead after p50", "bytes per node")]

    assert numbers("7") == numbers("7")
    assert numbers("7") != numbers("8")


def a_violation_can_be_replayed():
    # Who waits so long buries nobody within the time of the scenario.
    result = run("--scenario", "unstable", "--nodes", "12", "--minutes", "0.125", "--loss", "0.01",
                 "--without-state", "--set", "suspicion-timeout=600s", "--set",
                 "suspicion-timeout-min=600s", "--set", "flap-cut-off=0")
    assert result.returncode == 1, result
    replay = next(line for line in result.stderr.splitlines() if line.startswith("replay: "))
    words = shlex.split(replay)[1:]
    assert words[0] == PROGRAM, words
    again = run(*words[1:])
    assert "0.125" in words, words
    assert again.returncode == 1 and again.stderr == result.stderr, (again.stderr, result.stderr)


def numbers_beyond_their_bounds_are_violations():
    held = run(*SMALL, "--expect", "false deaths<=0", "--expect", "seen dead after max >= 1")
    assert held.returncode == 0, held
    missed = run(*SMALL, "--seeds", "2", "--expect", "seen dead after max<=1.5")
    assert missed.returncode == 1, missed
    assert missed.stderr.count("expected seen dead after max<=1.5, but it is ") == 2, missed.stderr
    words = shlex.split(missed.stderr.splitlines()[1])[2:]
    assert run(*words).stderr == "\n".join(missed.stderr.splitlines()[:2]) + "\n", words
    unknown = run(*SMALL, "--expect", "seen dad<=1")
    assert unknown.returncode == 1 and "was not measured" in unknown.stderr, unknown


def curves_are_drawn():
    for name, arguments in [("run.svg", SMALL), ("sizes.svg", SIZES), ("sizes.png", SIZES)]:
        file = FOLDER / name
        file.unlink(missing_ok=True)
        result = run(*arguments, "--plot", str(file))
        points = pathlib.Path(str(file) + ".dat").read_text()
        assert "\n10 " in points or name == "run.svg", points
        if shutil.which("gnuplot") is None:
            assert result.returncode == 2 and "gnuplot" in result.stderr, result
            continue
        assert result.returncode == 0, result
        begin = file.read_bytes()[:400]
        assert (b"PNG" if name.endswith("png") else b"<svg") in begin, begin


FOLDER.mkdir(parents=True, exist_ok=True)
for check in [
    wrong_options_are_refused,
    json_has_the_numbers_of_each_seed,
    csv_has_one_line_per_number,
    equal_seeds_give_equal_runs,
    a_violation_can_be_replayed,
    numbers_beyond_their_bounds_are_violations,
    curves_are_drawn,
]:
    check()
    print("ok", check.__name__)
