"""`make soak` sets HELPDESK_SOAK=1: tests marked `soak` then run longer, with more seeds and more examples."""

import os

SOAK = os.environ.get("HELPDESK_SOAK") == "1"
"""Whether this is such a run."""

EXAMPLES_FACTOR = 20 if SOAK else 1
STORM_SEEDS = (20260101, 20260102, 20260103, 20260104, 20260105) if SOAK else (20260101,)
