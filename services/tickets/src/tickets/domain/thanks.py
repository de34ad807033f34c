"""Replies that only say thank you, as tables of phrases.

A reply says only that if it is made of these phrases alone, at least one of them a thank-you. Every word that no table
has makes it a reply like any other: "Thanks, but it still fails" has four of them.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

MAX_LENGTH = 160
"""Characters. A longer reply says more than thank you."""

_THANKS: Mapping[str, str] = {
    "en": "thanks|many thanks|thank you|thank u|thx|tnx|ty|cheers|appreciated|much appreciated|appreciate it"
    "|i appreciate it",
    "de": "danke|dankeschön|dankeschoen|danke schön|danke sehr|vielen dank|besten dank|herzlichen dank|lieben dank"
    "|tausend dank|ich danke ihnen|ich danke dir",
    "es": "gracias|muchas gracias|muchísimas gracias|mil gracias|se lo agradezco|te lo agradezco|os lo agradezco",
    "fr": "merci|merci beaucoup|merci bien|mille mercis|un grand merci|je vous remercie|je te remercie",
    "it": "grazie|grazie mille|mille grazie|molte grazie|ti ringrazio|la ringrazio",
    "pt": "obrigado|obrigada|muito obrigado|muito obrigada|agradeço",
    "nl": "bedankt|dank je|dank u|dank je wel|dank u wel|dankjewel|hartelijk dank|hartelijk bedankt",
    "pl": "dziękuję|dziękuję bardzo|dzięki|bardzo dziękuję|wielkie dzięki",
}
_BESIDE: Mapping[str, str] = {
    "en": "very much|so much|so very much|a lot|a million|thanks again|thank you again|you all|to you all|everyone|team"
    "|for your help|for the help|for your quick help|for the quick help|for all your help|for helping|for your support"
    "|for the support|for the great support|for your time|for your patience|for everything|for that|for this"
    "|for your reply|for the reply|for the quick reply|for your quick reply|for the fast reply|for the quick response"
    "|for your quick response|for the fast response|for your answer|for the quick answer|for the quick fix"
    "|for fixing it|for fixing this|for the update|for the info|for the information|for letting me know"
    "|it works|it works now|it works again|works|works now|works again|works fine|works perfectly|works great"
    "|it works perfectly|it works fine|it's working|it's working now|it is working|it is working now|that worked"
    "|that did it|that helped|that solved it|that fixed it|this worked|this helped|problem solved|the problem is solved"
    "|issue solved|issue resolved|solved|fixed|all good|all good now|perfect|great|excellent|awesome|wonderful"
    "|fantastic|brilliant|super|ok|okay|got it|noted|hi|hello|dear|have a nice day|have a great day|have a good day"
    "|have a nice weekend|have a great weekend|have a good weekend|best regards|kind regards|warm regards|regards"
    "|best wishes|best",
    "de": "auch|sehr|nochmal|nochmals|noch einmal|euch|ihnen|dir|an alle|liebes team|team|hallo|guten tag|guten morgen"
    "|liebe|lieber|frau|herr|für die hilfe|für ihre hilfe|für deine hilfe|für eure hilfe|für die schnelle hilfe"
    "|für ihre schnelle hilfe|für deine schnelle hilfe|für eure schnelle hilfe|für die rasche hilfe"
    "|für die unterstützung|für ihre unterstützung|für die schnelle antwort|für ihre schnelle antwort|für die antwort"
    "|für die rückmeldung|für die schnelle rückmeldung|für die info|für die mühe|für ihre mühe|für alles"
    "|für die schnelle lösung|es funktioniert|es funktioniert jetzt|es funktioniert wieder|funktioniert"
    "|funktioniert jetzt|funktioniert wieder|funktioniert einwandfrei|jetzt funktioniert es|jetzt geht es|jetzt geht's"
    "|es geht|es geht wieder|geht wieder|geht jetzt|es klappt|klappt|klappt jetzt|klappt wieder|hat geklappt"
    "|das hat geholfen|das hat geklappt|das war's|das wars|problem gelöst|gelöst|erledigt|alles gut|alles klar|perfekt"
    "|super|prima|toll|klasse|spitze|wunderbar|ausgezeichnet|ok|okay|schönen tag|schönen tag noch|einen schönen tag"
    "|einen schönen tag noch|schönes wochenende|ein schönes wochenende|viele grüße|liebe grüße|beste grüße"
    "|freundliche grüße|mit freundlichen grüßen|herzliche grüße|gruß|grüße|lg|vg|mfg",
    "es": "de nuevo|por su ayuda|por tu ayuda|por la ayuda|por vuestra ayuda|por la rápida respuesta"
    "|por su rápida respuesta|por la respuesta|por responder|por la información|por su apoyo|por el apoyo|por todo"
    "|por su tiempo|funciona|ya funciona|ahora funciona|funciona perfectamente|funciona bien|problema resuelto"
    "|resuelto|solucionado|ya está|está solucionado|todo bien|perfecto|genial|excelente|estupendo|vale|de acuerdo|ok"
    "|hola|buenos días|buenas tardes|equipo|un saludo|saludos|saludos cordiales|un abrazo|que tenga un buen día"
    "|que tengas un buen día|buen día|buen fin de semana|a todos|a usted|a ti|a ustedes|muy amable",
    "fr": "encore|à vous|à vous tous|à toute l'équipe|pour votre aide|pour ton aide|pour l'aide|pour votre réponse"
    "|pour votre réponse rapide|pour la réponse|pour la réponse rapide|pour tout|pour votre temps|ça marche"
    "|ça marche maintenant|cela fonctionne|ça fonctionne|tout fonctionne|problème résolu|c'est résolu|résolu|parfait"
    "|super|génial|excellent|d'accord|ok|bonjour|bonne journée|bon week-end|cordialement|bien cordialement|infiniment",
    "it": "ancora|per l'aiuto|per il vostro aiuto|per la risposta|per tutto|funziona|ora funziona|tutto ok|risolto"
    "|problema risolto|perfetto|ottimo|ok|ciao|buongiorno|buona giornata|cordiali saluti|saluti",
    "pt": "novamente|pela ajuda|pela sua ajuda|pela resposta|por tudo|funciona|já funciona|resolvido|problema resolvido"
    "|perfeito|ótimo|ok|olá|bom dia|um abraço|cumprimentos|atenciosamente",
    "nl": "nogmaals|voor de hulp|voor je hulp|voor uw hulp|voor de snelle hulp|voor het snelle antwoord|het werkt"
    "|het werkt nu|het werkt weer|opgelost|perfect|top|prima|super|ok|hallo|fijne dag|groeten"
    "|met vriendelijke groet|vriendelijke groeten",
    "pl": "jeszcze raz|za pomoc|za szybką pomoc|za odpowiedź|za szybką odpowiedź|działa|już działa|super|świetnie|ok"
    "|pozdrawiam|miłego dnia",
}

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SMILE = re.compile(r"[:;=]-?[)D]")
_PUNCTUATION = frozenset(" \t\r\n.,;:!-–—…*\"'’\u00a0\ufe0f\u200d¡")
_FRIENDLY_EMOJI = frozenset("👍👌👏🙌🙏💪🎉🥳💯✅❤♥🧡💛💚💙💜😀😁😃😄😅😊🙂😉😎🤗☺🌹💐🌞☀✨⭐")
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_BETWEEN_WORDS = _PUNCTUATION | _FRIENDLY_EMOJI | _SKIN_TONES

_Phrase = tuple[str, ...]


def _split(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return _WORD.findall(folded)


def _phrases(table: Mapping[str, str]) -> frozenset[_Phrase]:
    return frozenset(tuple(_split(phrase)) for phrases in table.values() for phrase in phrases.split("|"))


THANKS = _phrases(_THANKS)
_ALL = THANKS | _phrases(_BESIDE)
_LONGEST = max(map(len, _ALL))


def is_only_thanks(body: str, names: Iterable[str] = ()) -> bool:
    """Whether a reply says nothing but thank you, in any of the languages. It may also contain `names`, of the people
    whom it addresses or who sign it."""
    if len(body) > MAX_LENGTH:
        return False
    text = _SMILE.sub(" ", body)
    if not _BETWEEN_WORDS.issuperset(_WORD.sub("", unicodedata.normalize("NFC", text))):
        return False
    words, known = _split(text), {(word,) for name in names for word in _split(name)}
    return _has_thanks(words) and _is_made_of(words, _ALL | known)


def _has_thanks(words: list[str]) -> bool:
    return any(tuple(words[at : at + len(phrase)]) == phrase for phrase in THANKS for at in range(len(words)))


def _is_made_of(words: list[str], phrases: Collection[_Phrase]) -> bool:
    """Whether the words are a sequence of phrases."""
    ends = {0}
    for at in range(len(words)):
        if at in ends:
            ends |= {at + n for n in range(1, _LONGEST + 1) if tuple(words[at : at + n]) in phrases}
    return len(words) in ends
