// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "solady/src/tokens/ERC721.sol";
import {ERC2981} from "solady/src/tokens/ERC2981.sol";
import {OwnableRoles} from "solady/src/auth/OwnableRoles.sol";

/// @title Mintmark
/// @notice An ERC-721 collection whose tokens carry where they came from: the seed and the model
/// that drew the picture, and the SHA-256 of the token's metadata, from which the token URI is
/// computed.
/// @dev A token takes two storage slots. The first holds the owner (160 bits), the seed (64 bits)
/// and the model index (32 bits), the second the metadata digest. Nobody can change seed, model or
/// digest after minting, and there is no burn and no proxy. A mint runs no code of the recipient
/// (it is not a "safe mint"), so it cannot be re-entered.
contract Mintmark is ERC721, ERC2981, OwnableRoles {
    /// @notice The role that may mint, register models and ask for a metadata refresh.
    uint256 public constant MINTER_ROLE = _ROLE_0;

    /// @dev ERC-4906 has no function, so its interface id is a fixed number.
    bytes4 private constant _ERC4906_INTERFACE_ID = 0x49064906;

    /// @dev RFC 4648 base32, lower case: the multibase "b".
    bytes32 private constant _BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

    /// @dev Every CIDv1 of a raw block hashed with SHA-256 begins like this: multibase "b", then
    /// the first 30 bits of 0x01551220 (version 1, codec raw, multihash sha2-256, 32 bytes).
    bytes14 private constant _URI_PREFIX = "ipfs://bafkrei";

    /// @dev Read by every mint, so the three share a slot.
    struct Counters {
        uint64 supply;
        uint32 models;
        bool paused;
    }

    Counters private _counters;
    string private _name;
    string private _symbol;
    bytes32 private _contractMetadata;
    mapping(uint256 tokenId => bytes32) private _metadata;
    mapping(uint256 modelIndex => bytes32) private _models;
    mapping(bytes32 modelDigest => uint256) private _modelIndex;
    mapping(bytes32 approvalKey => uint256) private _tokenOfApproval;

    /// @notice Minting stopped (`true`) or resumed (`false`).
    event MintingPaused(bool paused);
    /// @notice A model got its index.
    event ModelRegistered(uint32 indexed modelIndex, bytes32 indexed modelDigest);
    /// @notice ERC-7572: `contractURI()` changed.
    event ContractURIUpdated();
    /// @notice ERC-4906: the metadata of a range of tokens should be fetched again.
    event BatchMetadataUpdate(uint256 _fromTokenId, uint256 _toTokenId);

    /// @notice This approval was minted before, as token `tokenId`.
    error ApprovalAlreadyUsed(bytes32 approvalKey, uint256 tokenId);
    /// @notice This digest was registered before, under `modelIndex`.
    error ModelAlreadyRegistered(uint32 modelIndex);
    /// @notice No model has this index; the highest is `registered`.
    error UnknownModel(uint32 modelIndex, uint32 registered);
    /// @notice A digest or key that must be something is all zeros.
    error EmptyDigest();
    /// @notice Minting is paused.
    error MintingIsPaused();
    /// @notice Not a range of minted tokens: it must begin at 1 or later and not run backwards.
    error NoSuchTokens(uint256 fromTokenId, uint256 toTokenId);

    /// @param name_ the collection's name
    /// @param symbol_ the collection's ticker
    /// @param owner_ may pause, set royalty and contract metadata, and grant roles
    /// @param minter the first account with `MINTER_ROLE`
    /// @param royaltyReceiver who is paid royalties; ignored when `royaltyBasisPoints` is 0
    /// @param royaltyBasisPoints royalty in hundredths of a percent, at most 10,000
    /// @param contractMetadata SHA-256 of the contract metadata JSON, or zero for none
    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        address minter,
        address royaltyReceiver,
        uint96 royaltyBasisPoints,
        bytes32 contractMetadata
    ) {
        _name = name_;
        _symbol = symbol_;
        _contractMetadata = contractMetadata;
        _initializeOwner(owner_);
        _grantRoles(minter, MINTER_ROLE);
        if (royaltyBasisPoints != 0) _setDefaultRoyalty(royaltyReceiver, royaltyBasisPoints);
    }

    // ---------------------------------------------------------------- minting

    /// @notice Mints the next token to `to` and consumes `approvalKey`, so a retry of the same
    /// approval reverts instead of minting twice.
    /// @param to the recipient
    /// @param metadataDigest SHA-256 of the token's JSON file
    /// @param seed the seed the picture was drawn with
    /// @param modelIndex the index `registerModel` gave
    /// @param approvalKey names the one approval this mint carries out
    /// @return tokenId counted from 1
    function mint(
        address to,
        bytes32 metadataDigest,
        uint64 seed,
        uint32 modelIndex,
        bytes32 approvalKey
    ) external onlyRoles(MINTER_ROLE) returns (uint256 tokenId) {
        if (metadataDigest == 0 || approvalKey == 0) revert EmptyDigest();
        uint256 earlier = _tokenOfApproval[approvalKey];
        if (earlier != 0) revert ApprovalAlreadyUsed(approvalKey, earlier);
        Counters memory counters = _counters;
        if (counters.paused) revert MintingIsPaused();
        if (modelIndex == 0 || modelIndex > counters.models) {
            revert UnknownModel(modelIndex, counters.models);
        }
        tokenId = ++counters.supply;
        _counters = counters;
        _tokenOfApproval[approvalKey] = tokenId;
        _metadata[tokenId] = metadataDigest;
        // Ids are counted up and never burnt, so the one check this leaves out cannot fail.
        _mintAndSetExtraDataUnchecked(to, tokenId, (uint96(seed) << 32) | modelIndex);
    }

    /// @notice Gives a model (its digest covers base weights and fine-tune) the next index.
    /// @return modelIndex counted from 1
    function registerModel(bytes32 modelDigest)
        external
        onlyRolesOrOwner(MINTER_ROLE)
        returns (uint32 modelIndex)
    {
        if (modelDigest == 0) revert EmptyDigest();
        uint256 earlier = _modelIndex[modelDigest];
        if (earlier != 0) revert ModelAlreadyRegistered(uint32(earlier));
        modelIndex = ++_counters.models;
        _models[modelIndex] = modelDigest;
        _modelIndex[modelDigest] = modelIndex;
        emit ModelRegistered(modelIndex, modelDigest);
    }

    /// @notice Asks marketplaces to fetch the metadata of tokens again, for instance after a
    /// gateway had lost it. The metadata itself cannot change.
    function refreshMetadata(uint256 fromTokenId, uint256 toTokenId)
        external
        onlyRolesOrOwner(MINTER_ROLE)
    {
        if (fromTokenId == 0 || fromTokenId > toTokenId || toTokenId > _counters.supply) {
            revert NoSuchTokens(fromTokenId, toTokenId);
        }
        emit BatchMetadataUpdate(fromTokenId, toTokenId);
    }

    // ---------------------------------------------------------------- the owner's decisions

    /// @notice Stops or resumes minting. Transfers are never stopped: tokens are their holders'.
    function setPaused(bool paused_) external onlyOwner {
        _counters.paused = paused_;
        emit MintingPaused(paused_);
    }

    /// @notice Sets the ERC-2981 royalty in hundredths of a percent; 0 ends it.
    function setRoyalty(address receiver, uint96 basisPoints) external onlyOwner {
        if (basisPoints == 0) _deleteDefaultRoyalty();
        else _setDefaultRoyalty(receiver, basisPoints);
    }

    /// @notice Sets what `contractURI()` points to: SHA-256 of the contract metadata JSON.
    function setContractMetadata(bytes32 digest) external onlyOwner {
        _contractMetadata = digest;
        emit ContractURIUpdated();
    }

    // ---------------------------------------------------------------- what anyone may read

    /// @notice Where a token came from.
    /// @return seed the seed the picture was drawn with
    /// @return modelIndex the model's index in this contract
    /// @return modelDigest the digest of the model's weights
    /// @return metadataDigest SHA-256 of the token's JSON file
    function provenance(uint256 tokenId)
        external
        view
        returns (uint64 seed, uint32 modelIndex, bytes32 modelDigest, bytes32 metadataDigest)
    {
        if (!_exists(tokenId)) revert TokenDoesNotExist();
        uint96 packed = _getExtraData(tokenId);
        seed = uint64(packed >> 32);
        modelIndex = uint32(packed);
        modelDigest = _models[modelIndex];
        metadataDigest = _metadata[tokenId];
    }

    /// @notice The token minted under an approval, or 0 while there is none.
    function tokenOfApproval(bytes32 approvalKey) external view returns (uint256) {
        return _tokenOfApproval[approvalKey];
    }

    /// @notice The digest registered under an index, or zero.
    function modelDigestAt(uint32 modelIndex) external view returns (bytes32) {
        return _models[modelIndex];
    }

    /// @notice The index of a registered digest, or 0.
    function modelIndexOf(bytes32 modelDigest) external view returns (uint32) {
        return uint32(_modelIndex[modelDigest]);
    }

    /// @notice How many models are registered.
    function modelCount() external view returns (uint32) {
        return _counters.models;
    }

    /// @notice How many tokens were minted; the newest has this number as its id.
    function totalSupply() external view returns (uint256) {
        return _counters.supply;
    }

    /// @notice Whether minting is paused.
    function paused() external view returns (bool) {
        return _counters.paused;
    }

    /// @inheritdoc ERC721
    function name() public view override returns (string memory) {
        return _name;
    }

    /// @inheritdoc ERC721
    function symbol() public view override returns (string memory) {
        return _symbol;
    }

    /// @notice `ipfs://` and the CIDv1 of the token's JSON as one raw block. `sha256sum token.json`
    /// gives the digest it is computed from.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        if (!_exists(tokenId)) revert TokenDoesNotExist();
        return _rawBlockURI(_metadata[tokenId]);
    }

    /// @notice ERC-7572: where the collection's own metadata lies; empty while there is none.
    function contractURI() external view returns (string memory) {
        return _contractMetadata == 0 ? "" : _rawBlockURI(_contractMetadata);
    }

    /// @notice ERC-165: ERC-721 with metadata, ERC-2981 and ERC-4906.
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(ERC721, ERC2981)
        returns (bool)
    {
        return ERC721.supportsInterface(interfaceId) || ERC2981.supportsInterface(interfaceId)
            || interfaceId == _ERC4906_INTERFACE_ID;
    }

    /// @dev The CID's 36 bytes are 58 base32 letters: the first 6 are in `_URI_PREFIX`, the other
    /// 52 hold two zero bits, the digest's 256 bits and two padding bits.
    function _rawBlockURI(bytes32 digest) private pure returns (string memory) {
        bytes memory uri = new bytes(66);
        for (uint256 i; i < 14; ++i) uri[i] = _URI_PREFIX[i];
        uint256 bits = uint256(digest);
        for (uint256 i; i < 51; ++i) uri[14 + i] = _BASE32[(bits >> (253 - 5 * i)) & 31];
        uri[65] = _BASE32[(bits << 2) & 31];
        return string(uri);
    }
}
