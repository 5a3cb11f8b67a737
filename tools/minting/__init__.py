"""Minting: what an approval becomes on a chain.

What people do:
`requests`        proposing a picture, and looking at where a request or token stands
`review`          what operators look at before they decide, with `rights`, `costs`, `likeness`
`approval`        approving, rejecting, retrying: by hand, over exactly the frozen content
`endorsing`       approval by several, and whose counts at this moment
`mint`            carrying out an approved request on all its chains, and reading it back
`states`          the states of a request, and the one way to move between them
`showing`         how requests and tokens are shown
`frozen`          what is frozen in a request, and its digest
`binding`         from a candidate's rows to its token document

What stands behind it:
`outbox`          every transaction signed and committed before it is sent, each purpose once
`setup`           the contract and the model's entry in it, before the first token
`inspection`      whether a contract is fit to mint, before somebody tries
`token_contract`  the calls that create the contract, register a model and mint, and what it says
`chain`           what minting asks of a chain; `embedded` and `rpc` are the two kinds
`chains`          the chains of this studio, each with the account that signs for it
`planning`        gas, fees and cost caps
`signer`          the only module that touches keys
`reverts`         a contract's refusals, in words
`contract/`       the Solidity source and its committed artefact
"""
