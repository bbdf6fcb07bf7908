"""Watches every test of the whole run, and keeps them all from the user's own cache folder."""

import os
from pathlib import Path

import pytest

pytest_plugins = ("tests.leak_guard",)

os.environ["SAMTALE_CACHE"] = "off"

TESTS = Path(__file__).parent
NOT_MEASURED = (
    "engine/columnar",
    "engine/test_bad_rulebooks.py::test_messages_read_as_the_house_writes_them",
    "engine/test_coverage.py",
    "engine/test_difference.py::test_every_value_that_is_changed_is_seen",
    "engine/test_difference.py::test_layout_comments_and_the_order_of_everything",
    "engine/test_difference.py::test_rulebooks_that_do_not_differ_decide_alike",
    "engine/test_drafting.py::test_a_draft_can_be_read_passes_its_cases_and_tries_both_sides",
    "engine/test_engines_agree.py",
    "engine/test_layout.py::test_the_id_of_a_rulebook_stays_whatever_its_comments_and_layout",
    "engine/test_passing_over.py",
    "engine/test_reader.py::test_no_file_however_broken_makes_reading_raise",
    "engine/test_snapshot.py::test_any_rulebook_of_the_language_is_the_same_again",
    "engine/test_trace.py",
    "engine/test_what_passes.py::test_every_proposal_for_a_refused_case",
    "engine/test_what_passes.py::test_on_random_rules_the_fewest_facts_are_changed",
    "registry/replay",
    "registry/synthesis/test_synthesis.py::test_every_registration_is_decided",
    "registry/test_access.py",
    "registry/test_access_matrix.py",
    "registry/test_decision_check.py::test_a_decision_that_was_tampered_with_is_found",
    "registry/test_population.py::test_every_invented_interview_obeys_the_rules",
    "registry/test_population.py::test_a_database_that_has_citizens_is_left_as_it_is",
    "registry/test_releases.py::test_a_row_that_was_tampered_with_is_no_rulebook",
    "registry/test_same_on_both.py",
    "registry/test_sequence_machine.py",
    "test_benchmarks.py",
    "test_campaign.py",
    "test_docs.py::test_the_command_checks_without_writing_and_writes_what_differs",
    "test_guide.py",
    "test_leak_guard.py",
    "test_pytest_cases.py",
    "ui",
    "web/cli/test_authoring.py::test_coverage_ends_with_1_only_when_asked",
    "web/cli/test_authoring.py::test_missing_cases_can_be_pasted_as_they_are_printed",
    "web/cli/test_test.py::test_the_cases_pass_with_each_choice_of_engines",
    "web/relay",
    "web/serving",
    "web/test_schemas_agree.py",
    "web/ui/test_matrix.py::test_whatever_is_wanted_is_what_the_file_then_says",
    "web/ui/test_rules.py::test_every_rule_grant_and_notice_has_a_page_with_both_sides",
)
"""What goes the same ways a thousand times, or in other processes: measuring these lines of code
again would double the time of the run and find no line that other tests do not."""


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: a fifth of the time is spent in waiting."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the first of the two measurements that pytest-cov begins in each worker of xdist.

    It begins one when it is loaded and another when the session starts; both at once take twice the
    time, and `no_cover` pauses only the second.
    """
    measuring = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and measuring is not None:
        measuring.cov_controller.cov.stop()


LONGEST = ("test_campaign.py", "registry/replay/test_spark.py", "test_benchmarks.py")
"""What begins first, lest one worker is still at it when the others have nothing left to take."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _name(item).startswith(NOT_MEASURED):
            item.add_marker(pytest.mark.no_cover)
    items.sort(key=lambda item: not _name(item).startswith(LONGEST))


def _name(item: pytest.Item) -> str:
    place = item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
    return f"{place}::{item.name}"
