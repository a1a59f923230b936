from casedesk.desk.offence_search import MOST, offence_search, offence_words, prepare
from casedesk.reference.offences import load_offences

OFFENCES = load_offences()
search = offence_search(OFFENCES)


def test_an_offence_is_found_by_words_of_its_title_and_by_the_beginning_of_its_code() -> None:
    prepare(OFFENCES)
    assert search("théft SHOP")[0] == ("TH68010", "TH68010  Theft from a shop")
    assert search("th68010")[0][0] == "TH68010"
    assert all(code.startswith("CJ88") for code, _words in search("cj88"))
    assert "OF61102" in [code for code, _words in search("assault actual bodily")]


def test_a_few_are_offered_and_nothing_for_nothing() -> None:
    assert len(search("theft")) == MOST
    assert len(offence_search(OFFENCES, 3)("theft")) == 3
    assert search("  ") == []
    assert search("theft zebra") == []
    assert search("\x1b[31m" * 5_000) == []


def test_a_code_finds_itself_first_so_that_what_was_chosen_can_be_shown_again() -> None:
    for code in ("TH68010", "TH68010A", "COML002", "1414SE001"):
        assert search(code)[0][0] == code
    assert offence_words(OFFENCES, "TH68010") == "TH68010  Theft from a shop"
    assert offence_words(OFFENCES, "ZZ00000") == "ZZ00000"


def test_what_people_call_an_offence_finds_it() -> None:
    def finds(text: str, word: str) -> bool:
        return any(word in words.casefold() for _code, words in search(text))

    assert finds("ABH", "actual bodily harm")
    assert finds("gbh", "grievous bodily harm")
    assert finds("pwits cannabis", "possess cannabis with intent to supply")
    assert search("twoc")[0][0] == "TH68050"
