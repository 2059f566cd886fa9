"""What people see: fragments, the lines that are kept, and for whom they are rendered."""
