"""Looking for due tickets costs as much as there are due, however many tickets there have been."""
