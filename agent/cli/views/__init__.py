"""What show commands print: each view collects values from the device, then renders them as text."""
