"""The pages that people open in a browser. Server-rendered, complete without JavaScript."""
