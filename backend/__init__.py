"""The house: knows the domain; does not know the web. `backend.start` opens it."""
