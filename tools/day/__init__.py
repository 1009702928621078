"""A simulated day at a contact centre: how many promises each way of dialling keeps."""
