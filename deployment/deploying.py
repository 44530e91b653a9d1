"""Deploys a site: lock, build, verify, compare, copy, switch, test; and back again if the test fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from common.errors import InputError, KlartekstError, TryLaterError
from deployment.copying import copy_site, find_differences
from deployment.session import LockedError, TargetSession
from deployment.smoke import Expectation, find_problems
from deployment.staging import StagedSite, stage_site
from deployment.target_address import TargetAddress
from deployment.target_state import DeployedGeneration, TargetState, parse_target_state
from generator.build import build_site
from generator.build_options import BuildListener, BuildOptions
from generator.published_log import FIRST_PUBLICATION, parse_log, reject_rewritten_log
from verifier.verification import verify_site

Reporter: TypeAlias = Callable[[str], None]  # prints one line


@dataclass(frozen=True, slots=True)
class DeploymentOptions:
    """Where to deploy to and how.

    `url` is the address that is tested, instead of base_url; `published` names the published log, instead of
    the one at that address; `keep` is how many generations stay on the target.
    """

    address: TargetAddress
    url: str | None = None
    published: str | None = None
    keep: int = 5
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Target:
    """An open target and what it holds."""

    address: TargetAddress
    session: TargetSession
    state: TargetState
    is_missing: bool = False


def deploy_site(
    build: BuildOptions, options: DeploymentOptions, listener: BuildListener, report: Reporter
) -> None:
    """Build a site and make it what the target serves, completely or not at all.

    Raises InputError or TryLaterError if that fails; the target then serves what it did before.
    """
    _reject_overlap(build.out, options.address)
    with _open_target(options.address) as found:
        published = _choose_published_log(options, found.state)
        target = found if options.is_dry_run else _lock_target(found)
        clean = replace(build, published=published, use_cache=False, refuse_late=True)
        build_site(clean, listener)
        with stage_site(build.out, target.state.next_number) as staged:
            report(_verify(staged))
            _compare_with_own_log(target, staged)
            _deploy_staged(target, staged, options, build, report)


def _reject_overlap(out: Path, address: TargetAddress) -> None:
    if address.host:
        return
    own, other = out.resolve(), Path(address.folder).resolve()
    if own == other or own.is_relative_to(other) or other.is_relative_to(own):
        raise InputError(f"{address}: builds write to {out}; deploy to a folder outside of it")


@contextmanager
def _open_target(address: TargetAddress) -> Iterator[_Target]:
    """Start a session and read what the target holds, without writing anything."""
    with TargetSession(address) as session:
        if "missing" in session.call("enter", address.folder).split():
            yield _Target(address, session, TargetState(), is_missing=True)
        else:
            yield _read_target(address, session)


def _read_target(address: TargetAddress, session: TargetSession) -> _Target:
    return _Target(address, session, parse_target_state(address, session.call("describe")))


def _lock_target(target: _Target) -> _Target:
    """Lock a target, which is created if it is missing; return what it holds then."""
    address, session = target.address, target.session
    session.call("require_programs", "flock", "rsync")
    if target.is_missing:
        session.call("create", address.folder)
    try:
        session.call("take_lock")
    except LockedError:
        raise TryLaterError(f"{address}: another deployment is running; try again later") from None
    session.call("remove_leftovers")
    locked = _read_target(address, session)
    if unfinished := locked.state.list_unfinished():
        session.call("remove_generations", *(generation.name for generation in unfinished))
        locked = _read_target(address, session)
    return locked


def _choose_published_log(options: DeploymentOptions, state: TargetState) -> str:
    """Return what names the published log: the option, or the address that the target is served at."""
    current = state.current
    if options.published is None:
        if current and (address := options.url or current.facts.base_url):
            return address
        raise InputError(
            f"{options.address} has no site yet: pass --published {FIRST_PUBLICATION} if nothing has been "
            "published yet, or else the address of the site"
        )
    if options.published == FIRST_PUBLICATION and any(one.has_passed for one in state.generations):
        raise InputError(
            f"--published {FIRST_PUBLICATION}: {options.address} has a site; leave the option out"
        )
    return options.published


def _verify(staged: StagedSite) -> str:
    """Return the verifier's summary of what is built; raise InputError if the site contradicts itself."""
    verification = verify_site(str(staged.site))
    if verification.problems:
        raise InputError(*verification.problems, "nothing is deployed: the site contradicts itself")
    return verification.results[0]


def _compare_with_own_log(target: _Target, staged: StagedSite) -> None:
    """Raise InputError if the log of the target's current generation is not the beginning of the new one."""
    if target.state.current is None:
        return
    text = target.session.call("read_log")
    old = parse_log(text.encode(), f"{target.address}/current/site/api/log.json")
    reject_rewritten_log(staged.read_json("api/log.json")["entries"], old)


def _deploy_staged(
    target: _Target, staged: StagedSite, options: DeploymentOptions, build: BuildOptions, report: Reporter
) -> None:
    state, url = target.state, options.url or staged.facts.base_url
    is_live = _is_live(target, staged)
    if options.is_dry_run:
        report(_describe_plan(target, staged, is_live=is_live))
        return
    expectation = Expectation(build.today, staged.site)
    if is_live and state.current:
        report(f"unchanged {target.address}: {state.current} is live already")
        # A deployment that ended before its test has left a generation that nobody has tested.
        previous = None if state.current.has_passed else state.find_predecessor()
        live = state.current
    else:
        live, previous = DeployedGeneration(staged.name, staged.facts, has_passed=False), state.current
        _install(target, staged, options.keep)
        target.session.call("switch_to", live.name)
        report(f"live      {target.address}: {live}")
    try:
        report(_test(url, expectation))
    except KlartekstError as error:
        raise _switch_back(target, live, previous, error) from None
    if not live.has_passed:
        target.session.call("mark_passed", live.name)
    _remove_unused(target, live, options.keep, report)


def _is_live(target: _Target, staged: StagedSite) -> bool:
    """Whether the target serves what is built, and no file of it was altered there."""
    current = target.state.current
    if current is None or current.facts.content != staged.facts.content:
        return False
    return not find_differences(target.address, staged, current)


def _describe_plan(target: _Target, staged: StagedSite, *, is_live: bool) -> str:
    current = target.state.current
    if is_live:
        return f"unchanged {target.address}: {current} is live already; nothing would be deployed"
    missing = len(set(staged.facts.folders) - target.state.stored)
    return (
        f"dry run   {target.address}: generation {staged.facts.number} would replace "
        f"{current or 'nothing'}; {missing} of {len(staged.facts.folders)} version folders would be copied"
    )


def _install(target: _Target, staged: StagedSite, keep: int) -> None:
    """Copy what is built to the target, as a generation that is complete but not current."""
    session, state = target.session, target.state
    session.call("prepare", staged.name)
    copy_site(target.address, staged, state.current)
    session.call("install", staged.name)
    recent = [one for one in state.generations if one in state.generations[-keep:] or one == state.current]
    for generation in recent:
        session.call("carry", generation.name, staged.name, *generation.facts.assets)
    if state.current:
        # For readers of its pages, in case the site must be switched back.
        session.call("carry", staged.name, state.current.name, *staged.facts.assets)


def _test(url: str, expectation: Expectation) -> str:
    """Run the smoke test and return its summary; raise InputError if there are problems."""
    result = find_problems(url, expectation)
    if result.problems:
        raise InputError(*result.problems)
    return result.summary


def _switch_back(
    target: _Target, failed: DeployedGeneration, previous: DeployedGeneration | None, error: KlartekstError
) -> KlartekstError:
    """Make a previous generation current again, if there is one, and return the error that says so."""
    if previous is None:
        line = f"{target.address}: the smoke test failed; {failed} stays, there is nothing to switch back to"
        return type(error)(*error.lines, line)
    try:
        target.session.call("switch_to", previous.name)
    except KlartekstError as other:
        line = f"{target.address}: the smoke test failed and {failed} is live; run deploy --rollback"
        return type(error)(*error.lines, *other.lines, line)
    with suppress(KlartekstError):  # the next deployment removes it
        target.session.call("remove_generations", failed.name)
    return type(error)(*error.lines, f"{target.address}: switched back to {previous}, the smoke test failed")


def _remove_unused(target: _Target, new: DeployedGeneration, keep: int, report: Reporter) -> None:
    after = parse_target_state(target.address, target.session.call("describe"))
    generations, folders = after.list_unused(new, keep)
    if generations:
        target.session.call("remove_generations", *(generation.name for generation in generations))
        report(f"removed   {', '.join(map(str, generations))}")
    if folders:
        target.session.call("remove_stored", *folders)


def roll_back(options: DeploymentOptions, today: dt.date, report: Reporter) -> None:
    """Make the generation current that was deployed before the current one, and test it.

    Raises InputError if there is none, or if the smoke test fails; then it is current all the same.
    """
    with _open_target(options.address) as found:
        target = found if options.is_dry_run else _lock_target(found)
        state = target.state
        current, previous = state.current, state.find_predecessor()
        if current is None or previous is None:
            raise InputError(f"{target.address}: has no generation to roll back to")
        if options.is_dry_run:
            report(f"dry run   {target.address}: {previous} would replace {current}")
            return
        # Readers of the current pages may still need what these load.
        target.session.call("carry", current.name, previous.name, *current.facts.assets)
        target.session.call("switch_to", previous.name)
        report(f"live      {target.address}: {previous} instead of {current}")
        expectation = Expectation(today, log_head=previous.facts.log_head)
        try:
            report(_test(options.url or previous.facts.base_url, expectation))
        except KlartekstError as error:
            line = f"{target.address}: {previous} is live, and its smoke test failed"
            raise type(error)(*error.lines, line) from None
