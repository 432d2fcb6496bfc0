"""Of a major version that OpenTelemetry does not know."""
