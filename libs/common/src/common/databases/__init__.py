"""Creates the MongoDB users and the replica set, as a job."""
