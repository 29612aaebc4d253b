"""The servers the agent reports to: CSLU and CSSM now; SSM On-Prem and controllers later."""
