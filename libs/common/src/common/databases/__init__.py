"""Which MongoDB users there are, and the replica set they live in: made and mended by an operator's job."""
