"""What people do with the product. Each use case opens its own transactions and is told the time."""
