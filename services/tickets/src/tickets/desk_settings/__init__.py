"""How an organisation wants its tickets looked after."""
