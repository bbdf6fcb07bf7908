"""An invented national history of registrations, made column by column."""
