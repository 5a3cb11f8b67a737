"""Minting: what an approval becomes on a chain.

`token_contract`  the calls that create the contract, register a model and mint, and what it says
`chain`           what minting asks of a chain; `embedded` and `rpc` are the two kinds
`planning`        gas, fees and cost caps
`signer`          the only module that touches keys
`reverts`         a contract's refusals, in words
`contract/`       the Solidity source and its committed artefact
"""
