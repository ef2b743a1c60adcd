"""The floor: settings, people, offices, the night's runner, embedded servers, shared parts of pages."""
