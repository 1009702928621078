"""Where customers write or speak: one file each, one shape."""
