"""Who hears about what, and where: the inbox in the application, and the mails to be asked for."""
