/** Throws. A list or a dictionary's number at `index` leads to where its block has nothing. */
export declare function outsideBlock(index: u32): void;
