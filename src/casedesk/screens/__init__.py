"""The screens, one file each. A screen asks the desk, shows what it says, and sends words back."""
