"""Two replicas of every service behind one door."""
