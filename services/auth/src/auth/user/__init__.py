"""Users as stored, and the parts of requests and responses that several features share."""
