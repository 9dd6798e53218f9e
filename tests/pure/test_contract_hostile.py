"""Each hostile endpoint fails the contract suite, at exactly the clauses it breaks."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.tests.contract import hostile
from gateway_ng.tests.contract.memory import MemoryEndpoint
from gateway_ng.tests.contract.memory_harness import MemoryHarness
from gateway_ng.tests.contract.suite import CLAUSES, broken

UNORDERED = {"order": "unordered"}
COMPARING = {"capabilities": ["compare_and_set"]}
KEYED = {"capabilities": ["idempotency_key"]}
MANY = {"many": True, "page_size": 250}

#: Hostile endpoint → configuration, and the clauses that name its fault.
EXPECTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "SkipsATie": (
        {},
        {
            "rows_of_one_moment_all_come",
        },
    ),
    "PagesByNumber": (
        {},
        {
            "rows_deleted_while_paging_hide_no_other",
        },
    ),
    "DropsARowAtThePageBoundary": (
        {},
        {
            "a_full_last_page_ends_the_read",
            "a_last_page_that_repeats_ends_all_the_same",
            "a_throttled_read_loses_nothing",
            "a_token_resumes_the_read_in_a_new_endpoint",
            "every_row_comes",
            "rows_deleted_while_paging_hide_no_other",
            "rows_inserted_while_paging_come_in_this_read_or_the_next",
            "rows_of_one_moment_all_come",
        },
    ),
    "RepeatsForever": (
        {},
        {
            "a_deleted_row_is_told",
            "a_full_last_page_ends_the_read",
            "a_last_page_that_repeats_ends_all_the_same",
            "a_token_resumes_the_read_in_a_new_endpoint",
            "a_watermark_passes_no_row_that_is_still_to_come",
            "pages_ascend_by_time_and_id",
            "rows_deleted_while_paging_hide_no_other",
            "rows_of_one_moment_all_come",
            "rows_of_the_watermarks_moment_come_again",
            "since_is_inclusive",
        },
    ),
    "StopsAtALimit": (
        MANY,
        {
            "ten_thousand_rows_come",
        },
    ),
    "TakesThrottlingForTheEnd": (
        {},
        {
            "a_throttled_read_loses_nothing",
        },
    ),
    "WatermarkTooEarly": (
        UNORDERED,
        {
            "only_the_last_page_has_a_watermark_and_it_is_the_reads_start",
        },
    ),
    "WatermarkOfTheEnd": (
        UNORDERED,
        {
            "a_resumed_read_keeps_its_start",
            "a_row_edited_while_paging_is_seen_as_it_became",
            "a_watermark_never_lies_after_the_reads_start",
            "only_the_last_page_has_a_watermark_and_it_is_the_reads_start",
        },
    ),
    "WatermarkOfNow": (
        {},
        {
            "a_watermark_never_lies_after_the_reads_start",
            "a_watermark_passes_no_row_that_is_still_to_come",
            "rows_of_the_watermarks_moment_come_again",
            "since_is_inclusive",
        },
    ),
    "BelievesTheFuture": (
        {},
        {
            "a_watermark_never_lies_after_the_reads_start",
        },
    ),
    "SinceIsExclusive": (
        {},
        {
            "rows_of_the_watermarks_moment_come_again",
            "since_is_inclusive",
        },
    ),
    "TokenIsNotResumable": (
        {},
        {
            "a_token_resumes_the_read_in_a_new_endpoint",
            "a_watermark_never_lies_after_the_reads_start",
        },
    ),
    "OutOfOrder": (
        {},
        {
            "pages_ascend_by_time_and_id",
        },
    ),
    "EmptyInsteadOfAbsent": (
        {},
        {
            "a_hidden_field_is_absent_never_empty",
        },
    ),
    "FloatsForMoney": (
        {},
        {
            "a_hidden_field_is_absent_never_empty",
            "amounts_are_written_to_the_cent",
            "amounts_come_to_the_cent",
            "no_number_is_a_float",
        },
    ),
    "RoundsMoney": (
        {},
        {
            "amounts_are_written_to_the_cent",
            "amounts_come_to_the_cent",
        },
    ),
    "NaiveTimes": (
        {},
        {
            "ids_are_texts_and_times_are_aware",
        },
    ),
    "MangledText": (
        {},
        {
            "text_comes_as_it_is",
            "text_is_written_as_it_is",
        },
    ),
    "FetchesFewerFields": (
        {},
        {
            "a_record_is_fetched_as_it_is_read",
            "a_result_with_a_record_shows_what_is_stored",
            "each_op_has_its_result_in_order",
        },
    ),
    "FetchesFirstPageOnly": (
        {},
        {
            "each_op_has_its_result_in_order",
            "fetch_gives_the_current_state_of_many",
        },
    ),
    "FetchesGhosts": (
        {},
        {
            "fetch_leaves_out_those_gone",
        },
    ),
    "IdsOfTheFirstPage": (
        {},
        {
            "ids_gives_every_id",
        },
    ),
    "NoTombstones": (
        {},
        {
            "a_deleted_row_is_told",
        },
    ),
    "FindsTheFirstOnly": (
        {},
        {
            "find_gives_all_matches_of_an_ambiguous_value",
        },
    ),
    "FindsWhatLooksAlike": (
        {},
        {
            "find_gives_each_match_under_the_value_asked_for",
        },
    ),
    "ResultsOutOfOrder": (
        {},
        {
            "an_update_of_what_is_gone_is_an_error_of_its_own",
            "each_op_has_its_result_in_order",
        },
    ),
    "SwallowsARefusedRecord": (
        {},
        {
            "a_refused_op_leaves_the_others_be",
            "an_update_of_what_is_gone_is_an_error_of_its_own",
            "what_is_refused_says_why",
        },
    ),
    "LeavesOutARefusedRecord": (
        {},
        {
            "a_refused_op_leaves_the_others_be",
            "an_update_of_what_is_gone_is_an_error_of_its_own",
            "what_is_refused_says_why",
        },
    ),
    "RaisesForOneRecord": (
        {},
        {
            "a_refused_op_leaves_the_others_be",
            "an_update_of_what_is_gone_is_an_error_of_its_own",
            "what_is_refused_says_why",
        },
    ),
    "RefusesTheWholeBatch": (
        {},
        {
            "a_refused_op_leaves_the_others_be",
        },
    ),
    "RefusesWithoutAWord": (
        {},
        {
            "what_is_refused_says_why",
        },
    ),
    "EmptiesTheRest": (
        {},
        {
            "an_update_sets_its_fields_and_leaves_the_rest",
        },
    ),
    "IgnoresExpect": (
        COMPARING,
        {
            "a_write_on_a_state_that_moved_is_refused",
        },
    ),
    "ExpectsTooMuch": (
        COMPARING,
        {
            "a_write_on_the_expected_state_is_carried_out",
        },
    ),
    "ForgetsKeys": (
        KEYED,
        {
            "a_key_used_twice_creates_once",
        },
    ),
    "CreatesTwiceOnALostAnswer": (
        {},
        {
            "a_lost_answer_to_a_create_creates_once_and_is_told",
        },
    ),
    "HidesALostAnswer": (
        {},
        {
            "a_lost_answer_to_a_create_creates_once_and_is_told",
        },
    ),
    "StopsWhenThrottled": (
        {},
        {
            "a_throttled_read_loses_nothing",
            "a_throttled_write_is_retried_or_told_as_throttled",
        },
    ),
    "DeleteOfTheGoneFails": (
        {},
        {
            "deleting_twice_is_deleting_once",
        },
    ),
    "LosesElementIds": (
        {},
        {
            "created_elements_come_back_under_their_keys",
            "one_element_changes_and_the_others_stay",
        },
    ),
    "ReplacesTheList": (
        {},
        {
            "one_element_changes_and_the_others_stay",
        },
    ),
    "CanonicalWithoutEnd": (
        {},
        {
            "canonical_values_are_what_is_stored_and_stay_so",
        },
    ),
    "ShowsWhatWasSent": (
        {},
        {
            "a_result_with_a_record_shows_what_is_stored",
        },
    ),
    "BelievesAnyWebhook": (
        {},
        {
            "a_webhook_is_believed_only_with_its_signature",
        },
    ),
    "LeavesItsSubscriptions": (
        {},
        {
            "subscriptions_are_made_once_and_removed_by_their_address",
        },
    ),
    "RepairsInSilence": (
        {},
        {
            "subscriptions_are_made_once_and_removed_by_their_address",
        },
    ),
    "NamesItsEntitiesOtherwise": (
        {},
        {
            "entities_tell_what_they_are",
        },
    ),
    "SaysNothingOfProblems": (
        {},
        {
            "check_says_that_all_is_well",
        },
    ),
    "NoPageForNothing": (
        {},
        {
            "an_empty_system_gives_one_empty_last_page",
        },
    ),
    "NoTokens": (
        {},
        {
            "a_token_resumes_the_read_in_a_new_endpoint",
            "a_watermark_never_lies_after_the_reads_start",
            "only_the_last_page_has_no_token",
        },
    ),
    "ReadsAPicture": (
        {},
        {
            "a_row_edited_while_paging_is_seen_as_it_became",
            "a_watermark_never_lies_after_the_reads_start",
            "a_watermark_passes_no_row_that_is_still_to_come",
            "rows_inserted_while_paging_come_in_this_read_or_the_next",
            "rows_of_the_watermarks_moment_come_again",
            "since_is_inclusive",
        },
    ),
    "IgnoresSince": (
        {},
        {
            "an_edit_after_the_watermark_is_found_and_little_else",
        },
    ),
    "ReadsTheDeleted": (
        {},
        {
            "a_deleted_row_is_read_no_more",
            "an_update_of_what_is_gone_is_an_error_of_its_own",
            "deleting_twice_is_deleting_once",
        },
    ),
    "FindsAllForNothing": (
        {},
        {
            "find_of_nothing_gives_nothing",
        },
    ),
}


def kinds() -> dict[str, type[MemoryEndpoint]]:
    return {
        name: kind
        for name, kind in vars(hostile).items()
        if isinstance(kind, type)
        and issubclass(kind, MemoryEndpoint)
        and kind is not MemoryEndpoint
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_endpoint_fails_by_name(name: str) -> None:
    config, expected = EXPECTED[name]
    found = broken(lambda: MemoryHarness(kinds()[name], **config))
    assert set(found) == expected


def test_every_hostile_endpoint_is_tried() -> None:
    assert set(EXPECTED) == set(kinds())
    assert all(expected for _config, expected in EXPECTED.values())


def test_every_clause_is_broken_by_some_hostile_endpoint() -> None:
    broken_ones = set().union(*(expected for _config, expected in EXPECTED.values()))
    assert broken_ones == {clause.name for clause in CLAUSES}
