"""A reply that only says thank you is told apart from one that asks for something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.thanks import MAX_LENGTH, THANKS, is_only_thanks

ONLY_THANKS = [
    "Thanks",
    "thanks!",
    "THANK YOU!!!",
    "Thank you.",
    "Thank you very much!",
    "Thank you so much for your help :)",
    "Thanks a lot, it works now 👍",
    "Many thanks for the quick reply.",
    "Ok, thanks",
    "Perfect, thank you!",
    "Great. That fixed it, thanks again!",
    "Thx",
    "Thanks Robin!",
    "Hi Robin,\n\nthank you, all good now.\n\nBest regards\nCasey Customer",
    "Works perfectly. Cheers 🙏🏽",
    "Problem solved, thanks, have a nice weekend",
    "*Thanks!*",
    "Danke",
    "Danke schön!",
    "Vielen Dank für die schnelle Hilfe!",
    "Super, danke, funktioniert wieder.",
    "Herzlichen Dank, Frau Weiss.",
    "Hat geklappt, danke euch 😊",
    "Vielen Dank, viele Grüße",
    "Jetzt geht's. Danke!",
    "Gracias",
    "¡Muchas gracias!",
    "Perfecto, muchas gracias por su ayuda.",
    "Ya funciona, gracias. Un saludo",
    "Merci",
    "Merci beaucoup, ça marche maintenant",
    "Parfait, merci, bonne journée",
    "Grazie mille",
    "Obrigada!",
    "Muito obrigado pela ajuda",
    "Bedankt, het werkt weer",
    "Dziękuję bardzo za pomoc",
    "Dankescho\u0308n",
]
MORE_THAN_THANKS = [
    "Thanks, but it still does not work",
    "Thanks. It does not work.",
    "Thanks, works not",
    "Thank you, and could you also look at the scanner?",
    "Thanks?",
    "Thanks, when will it arrive",
    "Thanks for nothing",
    "No thanks",
    "No, thank you",
    "Thanks in advance",
    "Thanks :(",
    "Thanks 👎",
    "Thanks 😡",
    "Thank you, I will try tomorrow",
    "Thanks, my new number is 4711",
    "Thanks, see https://example.com",
    "Thanks\n\n> It works again.",
    "Thanks, it works. The printer on floor 2 fails now",
    "Yes, thanks",
    "It works now",
    "Perfect!",
    "👍",
    "",
    "   ",
    "...",
    "Danke, aber es geht immer noch nicht",
    "Danke, funktioniert nicht",
    "Danke für nichts",
    "Nein danke",
    "Danke, und wie geht das am Handy?",
    "Danke im Voraus",
    "Vielen Dank, leider kommt der Fehler wieder",
    "Gracias, pero sigue sin funcionar",
    "Gracias. No funciona",
    "¿Gracias?",
    "Merci, mais ça ne marche pas",
    "Merci d'avance",
    "Non merci",
    "Grazie, ma non funziona",
    "Obrigado, mas não funciona",
    "Bedankt, maar het werkt niet",
    "Dziękuję, ale nie działa",
    "thank",
    "you",
    "Thanks" + " very much" * MAX_LENGTH,
]
NAMES = ["Casey Customer", "Robin Weiss"]


@pytest.mark.parametrize("body", ONLY_THANKS)
def test_a_reply_that_only_says_thank_you_is_recognised(body: str) -> None:
    assert is_only_thanks(body, NAMES)


@pytest.mark.parametrize("body", MORE_THAN_THANKS)
def test_a_reply_that_says_more_or_less_than_thank_you_is_not(body: str) -> None:
    assert not is_only_thanks(body, NAMES)


def test_only_the_names_of_those_who_talk_to_each_other_belong_to_it() -> None:
    assert not is_only_thanks("Thanks Printer")
    assert is_only_thanks("Thanks Printer", ["Printer"])


@given(st.sampled_from(sorted(" ".join(phrase) for phrase in THANKS)), st.text(max_size=MAX_LENGTH))
def test_any_question_mark_makes_it_a_question(thanks: str, text: str) -> None:
    for mark in "?？؟¿":
        assert not is_only_thanks(f"{thanks}{mark}")
        assert not is_only_thanks(f"{text}{mark}")


@given(st.text(max_size=20_000))
def test_any_text_is_judged(text: str) -> None:
    is_only_thanks(text, NAMES)
