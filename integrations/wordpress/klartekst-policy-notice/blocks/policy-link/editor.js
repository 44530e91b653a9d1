/*
 * Shows the block in the editor as it will look on the page.
 */
( () => {
	'use strict';

	const { blocks, blockEditor, element, serverSideRender } = window.wp;
	const name = 'klartekst/policy-link';

	blocks.registerBlockType( name, {
		edit: () =>
			element.createElement(
				'div',
				blockEditor.useBlockProps(),
				element.createElement( serverSideRender, { block: name } )
			),
		save: () => null,
	} );
} )();
