"""Whether two ways of writing somebody down mean one person."""

import pytest

from casedesk.rules.clinic.names import foreign_letters, read_name, same_person


@pytest.mark.parametrize(
    "said",
    [
        "Alex Doe", "ALEX  DOE", "Doe, Alex", "A. Doe", "Sgt Alex Doe", "Alex-Doe", "AlexDoe", "Sgt Doe", "7042",
        "PS 7042", "PS7042", "7042PS", "0007042", "Alex Doe 7042", "Insp Alex Doe 9999", "Älex Doe", "７０４２",
        "70 42", "704 2", "7-0-4-2", "7O42", "C7042", "l7042", "7042A", "Alexandra Doe", "Alexander Doe", "Al Doe",
        "Alx Doe", "Doe A", "Alex D", "Alex Doe-Smith", "Alexandra Doe 9", "Doe Beta Alexandra",
    ],
)  # fmt: skip
def test_one_person_however_they_are_written(said: str) -> None:
    assert same_person(said, "Alex Doe 7042")
    assert same_person("Alex Doe 7042", said)


@pytest.mark.parametrize(
    "said",
    [
        "Sgt Roe",
        "Alex Roe",
        "B. Doe",
        "Sgt Doe 5120",
        "7043",
        "70421",
        "Alexandra Doe 8888",
        "Beta Doe-Roe",
        "A. D.",
        "PS",
        ".",
    ],
)
def test_another_person_is_another(said: str) -> None:
    assert not same_person(said, "Alex Doe 7042")


def test_a_rank_alone_names_nobody_and_letters_that_only_look_latin_are_found() -> None:
    assert not any(read_name(one).says_who for one in ("Sgt", ".", "A.", "0", ""))
    assert all(read_name(one).says_who for one in ("Roe", "7042", "Li"))
    assert foreign_letters("Аlex Dοe") == "Аο"
    assert foreign_letters("٧042") == "٧"
    assert not foreign_letters("Zoë O’Hara-Ωmega"[:10])
