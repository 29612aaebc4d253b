"""The product instance: its Smart Agent, the device around it, its CLI and its adapters.

Floors, lower first: core and protocol, engine, device, cli and netconf, adapters, __main__.
A module imports from its own floor and below; tests/test_house.py holds that line.
"""
