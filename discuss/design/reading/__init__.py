"""The files of scenes."""
