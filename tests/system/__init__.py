"""The whole stack: several services, real processes, killed or stopped."""
