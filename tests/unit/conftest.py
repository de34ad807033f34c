"""Property tests are judged by what they find, not by how busy the machine is."""

from datetime import UTC

from hypothesis import settings
from hypothesis import strategies as st
from pydantic import AwareDatetime

settings.register_profile("helpdesk", deadline=None)
settings.load_profile("helpdesk")

# Hypothesis does not know pydantic's own types.
st.register_type_strategy(AwareDatetime, st.datetimes(timezones=st.just(UTC)))
