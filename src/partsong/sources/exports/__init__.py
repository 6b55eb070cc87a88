"""What services and programs write out for their users."""
