"""How long to wait before starting a component that died."""

GOOD_RUN = 30.0
"""Seconds of running after which earlier deaths are forgotten."""

_FIRST, _LONGEST = 0.5, 10.0


class RestartDelays:
    """At once the first time, then 0.5 s, 1 s, 2 s ... up to 10 s while it keeps dying quickly."""

    def __init__(self) -> None:
        self._quick_deaths = 0

    def after(self, ran_for: float) -> float:
        """Seconds to wait after a run of `ran_for` seconds."""
        if ran_for >= GOOD_RUN:
            self._quick_deaths = 0
        self._quick_deaths += 1
        if self._quick_deaths == 1:
            return 0.0
        # The exponent is bounded so that a component dying all night does not compute 2**5000.
        return min(_FIRST * 2.0 ** min(self._quick_deaths - 2, 10), _LONGEST)
