"""Configuration data as a persistent tree, and the datastore that holds its roots.

Nothing here knows licensing. YANG modules and their schema come with the NETCONF issue; the paths
used already are those of the published modules where they name a setting.
"""
