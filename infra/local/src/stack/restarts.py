"""How long to wait before starting a component that died."""

_FIRST, _LONGEST = 0.5, 10.0


class RestartDelays:
    """At once when it had been ready, whatever killed it; 0 s, 0.5 s, 1 s, 2 s … up to 10 s while it does not even
    get that far."""

    def __init__(self) -> None:
        self._failed_starts = 0

    def after(self, *, was_ready: bool) -> float:
        """Seconds to wait after a life in which it became ready, or did not."""
        if was_ready:
            self._failed_starts = 0
            return 0.0
        self._failed_starts += 1
        if self._failed_starts == 1:
            return 0.0
        # The exponent is bounded so that a component dying all night does not compute 2**5000.
        return min(_FIRST * 2.0 ** min(self._failed_starts - 2, 10), _LONGEST)
