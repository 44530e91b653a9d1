"""Deployment: brings a build to a server, all or nothing, and tests what the server answers."""
