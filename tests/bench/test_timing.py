"""Commands run in turn, and a command that cannot run is explained in one line."""

from __future__ import annotations

import pytest

from bench.timing import (
    CannotRunError,
    Command,
    Usage,
    clean_environment,
    compare,
    measure_ratios,
    measure_usage,
    measure_usage_and_memory,
    run,
)


def _writing(word, file):
    return Command(("sh", "-c", f"echo {word} >> {file}"))


def test_ours_and_the_others_run_in_turn_after_one_round_that_is_not_counted(tmp_path):
    file = tmp_path / "order"
    found = measure_ratios(_writing("A", file), [_writing("B", file), _writing("C", file)], 2)
    assert file.read_text().split() == ["A", "B", "C"] * 3
    assert [len(values) for values in found] == [2, 2]


def test_the_first_round_is_counted_too_if_no_warming_up_is_asked_for(tmp_path):
    file = tmp_path / "order"
    (found,) = measure_ratios(_writing("A", file), [_writing("B", file)], 1, warm_up=False)
    assert file.read_text().split() == ["A", "B"]
    assert len(found) == 1


def test_cpu_time_includes_the_processes_that_a_command_starts_itself():
    burning = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"
    assert measure_usage(Command(("sh", "-c", f"sh -c '{burning}'; true"))).cpu > 0


def test_wall_time_and_cpu_time_are_compared_each_with_its_own():
    figure = compare(Usage(wall=6, cpu=1), Usage(wall=2, cpu=4))
    assert (figure.value, figure.cpu) == (3, 0.25)
    assert compare(Usage(1, 1), Usage(1, 0)).cpu is None


def test_memory_is_that_of_the_command_and_not_of_the_benchmarks():
    _, memory = measure_usage_and_memory(Command(("true",)))
    assert 0 < memory < 15


def test_what_cannot_run_says_why_and_the_others_go_on(tmp_path):
    missing = Command((str(tmp_path / "no-such-peer"),))
    failing = Command(("sh", "-c", "echo first >&2; echo it broke >&2; exit 3"))
    gone, works, broken = measure_ratios(Command(("true",)), [missing, Command(("true",)), failing], 1)
    assert gone == f"{tmp_path}/no-such-peer: No such file or directory"
    assert len(works) == 1
    assert broken.endswith("exited with 3: it broke")


def test_what_is_done_before_a_run_is_done_before_each(tmp_path):
    file = tmp_path / "made"
    command = Command(("rmdir", str(file)), ("mkdir", str(file)))
    measure_usage(command)
    measure_usage(command)


def test_a_preparation_that_fails_stops_the_run(tmp_path):
    with pytest.raises(CannotRunError):
        measure_usage(Command(("touch", str(tmp_path / "ran")), ("false",)))
    assert not (tmp_path / "ran").exists()


def test_commands_run_where_python_keeps_its_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in clean_environment()
    assert run(["sh", "-c", "echo ${PYTHONDONTWRITEBYTECODE-unset}"]) == "unset\n"


def test_a_command_reads_as_a_line_for_hyperfine():
    assert (
        str(Command(("a", "b c"), ("rm", "x")))
        == "hyperfine --warmup 1 --prepare 'rm x' 'a '\"'\"'b c'\"'\"''"
    )
