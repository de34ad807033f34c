"""What tests share: real servers, running services, a recording SMTP server, and waiting without sleeping."""
