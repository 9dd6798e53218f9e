"""The tortured connector with a real shop's side: the Shopify client over the demo shop."""
