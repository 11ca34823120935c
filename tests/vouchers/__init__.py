"""A made-up kind of file: vouchers by their code, each with an amount. Nobody is enrolled."""
