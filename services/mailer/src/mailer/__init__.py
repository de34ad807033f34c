"""Mail out: what was asked for is rendered, sent, and accounted for."""
