"""Page frame, design tokens, components, navigation and error pages."""
