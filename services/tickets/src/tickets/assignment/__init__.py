"""Who is to answer a ticket."""
