"""What show commands print: a view collects values of the device, then renders them as text."""
