"""Platform profiles as data: models, licences, texts of show version. One .toml a family."""
