"""What an outsider does with published reports: reads them, looks for what hangs together, and works out the rest."""
